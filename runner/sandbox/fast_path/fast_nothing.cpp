// library: what is preloaded where the fast path must not be: nothing.
