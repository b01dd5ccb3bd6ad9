"""The entry point of ``python -m antq_llm``, which runs the command ``antq-llm``."""

from antq_llm.cli.main import main

if __name__ == "__main__":
    main()
