use strict;
use warnings;
use Test::More tests => 1;
use Months;

cmp_ok(Months::limit('data'), '>', 0, 'there is a limit');
