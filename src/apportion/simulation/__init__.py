"""What would happen? Compiled event kernels under a virtual clock."""
