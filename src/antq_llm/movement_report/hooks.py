"""What roles cannot express of a movement report; ``MovementReport.HOOKS`` names this module."""
