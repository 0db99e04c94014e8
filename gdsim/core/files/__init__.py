"""Files: scenes, tables of points, records, scripts; read with a sentence for every fault, written atomically."""
