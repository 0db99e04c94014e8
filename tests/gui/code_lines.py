"""What is read off the page of a run's code."""


def numbers_at_margin(model):
    """Return the numbers at the margin by the names that lines assign, such as ``"v_w"``."""
    lines = zip(model.lines, model.margin, strict=True)
    return {
        line.text.split()[0]: float(texts[0].replace("\N{MINUS SIGN}", "-"))
        for line, texts in lines
        if len(texts) == 1 and "=" in line.text
    }
