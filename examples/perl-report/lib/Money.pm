package Money;
use strict;
use warnings;

sub format_cents { my ($cents) = @_; return sprintf '%d.%02d', int($cents / 100), $cents % 100 }

1;
