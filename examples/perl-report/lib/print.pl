use strict;
use warnings;
use Money;

# perl -Ilib lib/print.pl TEMPLATE CENTS TARGET
my ($template, $cents, $target) = @ARGV;
open my $in, '<', $template or die "$template: $!";
my $text = join '', <$in>;
$text =~ s/\[TOTAL\]/Money::format_cents($cents)/e;
open my $out, '>', $target or die "$target: $!";
print $out $text;
