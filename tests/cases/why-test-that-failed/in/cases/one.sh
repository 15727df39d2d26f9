grep -q good data.txt
