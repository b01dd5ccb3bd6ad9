"""The probability that each item of a record is right, and its calibration."""
