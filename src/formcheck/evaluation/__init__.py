"""How right formcheck is, measured: labelled films, tables and rendered people in, figures with their counts out.

Start reading in `study`, which says what a study and its result are; `manifest` says which studies there are.
"""
