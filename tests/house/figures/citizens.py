FIGURES = {
    "page home": ("/citizen/", "citizen", 2),
}
