"""Files: scenes, tables of points, records, scripts; every fault is a sentence, and no old file is harmed."""
