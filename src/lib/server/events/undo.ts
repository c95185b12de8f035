/** What is deleted can be brought back for this long; then it goes for good. */
export const UNDO_DAYS = 30;
export const UNDO_MS = UNDO_DAYS * 24 * 3600 * 1000;
