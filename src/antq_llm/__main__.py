"""``python -m antq_llm``: the program ``antq-llm``."""

from antq_llm.cli.main import main

if __name__ == "__main__":
    main()
