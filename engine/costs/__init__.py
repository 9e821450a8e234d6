"""What a tuned model costs against what it replaces: pure arithmetic on plain data, from levers to money and risk."""
