[ "$(bin/count notes/work.txt)" = 3 ]
