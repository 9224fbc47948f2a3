/// Nothing to call: to be linked in is all.
