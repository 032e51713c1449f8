"""Rehearsals: any stack, as it stands, from up to destroy, on this computer, without an account."""
