"""What makes the lab work on learning platforms that grade by themselves. All of them unpack a
handout, which `make handout` packs, and call its ./checker.sh; each has a folder or a file here."""
