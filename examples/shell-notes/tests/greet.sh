bin/greet | grep -q '^[A-Z]'
