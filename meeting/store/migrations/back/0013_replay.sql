-- Who may watch and what was spoken stay: they cannot be made anew.
DROP INDEX recordings_by_meeting;
