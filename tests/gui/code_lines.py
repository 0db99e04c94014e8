"""Reading numbers from the page with a run's code."""


def numbers_at_margin(model):
    """Return the numbers in the margin, by the name that each line assigns, such as ``"v_w"``."""
    lines = zip(model.lines, model.margin, strict=True)
    return {
        line.text.split()[0]: float(texts[0].replace("\N{MINUS SIGN}", "-"))
        for line, texts in lines
        if len(texts) == 1 and "=" in line.text
    }
