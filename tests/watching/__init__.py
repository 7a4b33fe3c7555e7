"""What the kernel knows of a running program: processes, threads, descriptors, connections, CPU
time.

Nothing here decides anything, and nothing here starts or signals a process.
"""
