use strict;
use warnings;
use Test::More tests => 2;
use Money;

is(Money::format_cents(905), '9.05', 'two digits');
is(Money::format_cents(0), '0.00', 'nothing');
