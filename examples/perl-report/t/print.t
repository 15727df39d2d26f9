use strict;
use warnings;
use File::Temp 'tempdir';
use Test::More tests => 2;

my $target = tempdir(CLEANUP => 1) . '/report';
is(system($^X, '-Ilib', 'lib/print.pl', 'templates/report', 450, $target), 0, 'the process ends well');
open my $in, '<', $target or die "$target: $!";
is(<$in>, "Total: 4.50\n", 'it writes what the template says');
