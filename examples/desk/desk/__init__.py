"""A desk for cataloguers: suggested subjects, decisions on them, and Annif's REST API, over one database."""
