"""The languages of the texts on the screen: sentences with named parts, translated when they are shown."""
