FIGURES = {
    "page home": ("/citizen/", "citizen", 2),
    "page desk": ("/citizen-desk/", "street_dispatcher", 7),
}
