"""The languages of the words on the screen: sentences with named parts, looked up when they are shown."""
