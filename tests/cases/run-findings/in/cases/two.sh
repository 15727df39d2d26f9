(setsid sleep 60 >/dev/null 2>&1 &)
exit 0
