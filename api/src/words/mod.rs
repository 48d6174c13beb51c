//! Words that leave the house: labels, dates and numbers in the language of the reader.
