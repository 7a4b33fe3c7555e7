"""Tests of what students get (the servers, the client, the skeletons) and of the make targets."""
