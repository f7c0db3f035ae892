"""The page of ``gobetween serve``: what is answered (``answers``), over HTTP (``server``), in a browser (``static``)."""
