-- postgres
DROP INDEX passages_by_best_words;
