/** The overview. */
