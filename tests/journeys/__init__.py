"""Four kinds of users, each written down as what a person does and sees, with the real parts."""
