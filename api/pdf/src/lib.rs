//! Typesets a record as an accessible PDF (PDF/UA-1).
