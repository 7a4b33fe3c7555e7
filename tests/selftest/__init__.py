"""The lab's tests of itself: unit/ (pure, milliseconds), lab/ (what is given to students, the make
targets), gradings/ (the checker, end to end) and campaigns/ (measurements that take hours)."""
