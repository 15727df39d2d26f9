// Every attack on isolation and limits as a row of a table: what is tried, and how its success shows.
// It does not know how sandboxes are made. A new wall begins with a row here that is red without it.
#pragma once

#include <string_view>

namespace sluice::tests {

struct Attack {
  std::string_view name;
  std::string_view script;  // of the attacker
  std::string_view next{};  // of the test that runs after it in the same lane; its success is the harm
  std::string_view harm{};  // a script on the host whose success is the harm; else the success of `script` or `next`
  std::string_view needs{}; // a script on the host that must succeed, or the attack makes no sense on this machine
};

// Variables: $TREE (source tree, with file.txt), $STORE (file in $TREE/.sluice), $OUT (a folder outside of everything),
// $EXCHANGE (of another lane), $HOME, $VICTIM (a process that sleeps), $STARTER (who starts the test), $TARGET (parent
// of the test), $SOCKET (a daemon's), $AGENT (of ssh, in the tree), $PORT, $ABSTRACT, $LEFT (the name of what is left
// in shared folders), $SECRET_FD, $H (hostile.cpp).
inline constexpr Attack k_attacks[] = {
  // files
  {"ReadTheStore", "cat $STORE"},
  {"ReadTheStoreThroughTheParent", "cat /proc/$TARGET/root$STORE && test -s /proc/$TARGET/root$STORE"},
  {"ReadTheStoreByHandle", "$H open-by-handle $STORE", {}, {}, "test $(id -u) = 0"},
  {"WriteTheStore", "echo forged >$STORE", {}, "grep -q forged $STORE"},
  {"RemoveTheStore", "rm -rf $TREE/.sluice", {}, "! test -e $STORE"},
  {"ReplaceTheStore", "mv $TREE/.sluice $TREE/old; mkdir $TREE/.sluice; touch $STORE", {}, "! test -s $STORE"},
  {"EditASource", "echo forged >$TREE/file.txt", {}, "grep -q forged $TREE/file.txt"},
  {"EditASourceForTheNextTest", "echo forged >$TREE/file.txt", "grep -q forged $TREE/file.txt"},
  {"AddASource", "echo x >$TREE/added.txt", {}, "test -e $TREE/added.txt"},
  {"AddASourceForTheNextTest", "echo x >$TREE/added.txt", "test -e $TREE/added.txt"},
  {"RemoveSources", "rm -rf $TREE/sub", {}, "! test -e $TREE/sub/deep.txt"},
  {"RemoveSourcesForTheNextTest", "rm -rf $TREE/sub", "! test -e $TREE/sub/deep.txt"},
  {"LockTheTreeForTheNextTest", "chmod 0700 $TREE", "test $(stat -c %a $TREE) = 700"},
  {"WriteOutside", "echo x >$OUT/here", {}, "test -e $OUT/here"},
  {"LinkOutside", "ln -s $OUT/by-link $TREE/link; echo x >$TREE/link", {}, "test -e $OUT/by-link"},
  {"ReadAnotherLane", "cat $EXCHANGE/result"},
  {"WriteForAnotherLane", "echo forged >$EXCHANGE/result", {}, "grep -q forged $EXCHANGE/result"},
  {"LeaveAFileInTmp", "echo x >/tmp/$LEFT", "test -e /tmp/$LEFT"},
  {"LeaveAFolderDeepInTmp", "mkdir -p /tmp/$LEFT/a/b; chmod 0 /tmp/$LEFT/a", "test -e /tmp/$LEFT"},
  {"LeaveSharedMemoryFile", "echo x >/dev/shm/$LEFT", "test -e /dev/shm/$LEFT"},
  {"LeaveAFileInHome", "echo x >$HOME/.left", "test -e $HOME/.left"},
  {"WriteTheShellsProfile", "echo evil >>$HOME/.profile", {}, "grep -q evil $HOME/.profile"},
  {"ReadAKey", "cat $HOME/.ssh/id"},
  {"ReadAToken", "cat $HOME/.config/gh/hosts.yml"},
  // processes
  {"KillANeighbour", "kill -9 $VICTIM", {}, "sleep 0.1; grep -q zombie /proc/$VICTIM/status"},
  {"SignalTheStarter", "kill -0 $STARTER"},
  {"TraceANeighbour", "$H ptrace $VICTIM"},
  {"ReadANeighboursMemory", "$H read-memory $VICTIM"},
  {"ReadTheStartersEnvironment", "cat /proc/$STARTER/environ"},
  {"ReadTheStartersFiles", "ls /proc/$STARTER/fd/"},
  {"TraceTheParent", "$H ptrace $TARGET"},
  {"ReadTheParentsMemory", "$H read-memory $TARGET"},
  {"HauntTheTree", "$H haunt $OUT/haunted 300", {}, "sleep 0.6; test -e $OUT/haunted"},
  {"HauntTheNextTest", "$H haunt /tmp/$LEFT 200", "sleep 2; test -e /tmp/$LEFT"},
  {"LeaveAProcessForTheNextTest", "setsid sleep 3.4242 & true", "pgrep -f 'sleep 3.424[2]'"},
  {"UseAnInheritedDescriptor", "cat <&$SECRET_FD"},
  // what the next test inherits
  {"LimitTheNextTest", "$H limit-files $TARGET", "$H has-few-files"},
  {"SlowTheNextTest", "$H renice $TARGET", "$H is-nice"},
  {"PinTheNextTest", "$H pin $TARGET", "$H is-pinned", {}, "test $(nproc) -gt 1"},
  {"SpoilTheOutputOfTheNextTest", "$H set-non-blocking", "$H is-non-blocking"},
  {"LeaveASegment", "ipcmk -M 4096", "ipcs -m | grep -q 4096", {}, "command -v ipcmk"},
  {"LeaveASemaphore", "ipcmk -S 3", "ipcs -s | grep -q 0x", {}, "command -v ipcmk"},
  {"LeaveAKey", "$H add-key sluice-attack", "$H find-key sluice-attack"},
  // the same by the calls of 32-bit programs
  {"LimitTheNextTestBy32Bits", "$H by-32-bits limit-files $TARGET", "$H has-few-files", {}, "$H by-32-bits has-calls"},
  {"LeaveAKeyBy32Bits",
   "$H by-32-bits add-key sluice-attack",
   "$H by-32-bits find-key sluice-attack",
   {},
   "$H by-32-bits has-calls"},
  // network and daemons
  {"CallADaemon", "$H connect-unix $SOCKET"},
  {"CallTheAgent", "$H connect-unix $AGENT"},
  {"CallAnAbstractSocket", "$H connect-abstract $ABSTRACT"},
  {"CallAService", "$H connect-tcp $PORT"},
  // the kernel
  {"MountSomething", "mount -t tmpfs none $TREE/sub && umount $TREE/sub", {}, {}, "test $(id -u) = 0"},
  {"UncoverTheStore", "umount -l $TREE/.sluice; umount -l $TREE; cat $STORE"},
  {"UncoverTheStoreInANamespace", "unshare -Urm sh -c \"umount -l $TREE/.sluice; umount -l $TREE; cat $STORE\" ||"
                                  " unshare -rm sh -c \"umount -l $TREE; cat $STORE\""},
  {"RemountForWriting", "mount -o remount,rw,bind / ; echo x >$OUT/here", {}, "test -e $OUT/here"},
  {"ChangeTheKernelsSettings",
   "cat /proc/sys/vm/swappiness >/tmp/$LEFT; "
   "cat /tmp/$LEFT >/proc/sys/vm/swappiness",
   {},
   {},
   "test $(id -u) = 0"},
  {"ChangeTheHostName", "$H set-host-name", {}, {}, "test $(id -u) = 0"},
  {"OpenADevice", ": </dev/kmsg", {}, {}, "test $(id -u) = 0"},
  {"MakeADevice", "$H make-device $TREE/disk 0x800", {}, {}, "test $(id -u) = 0"},
  {"LeaveTheRoot", "$H chroot $TREE", {}, {}, "test $(id -u) = 0"},
  {"BecomeAnother", "$TREE/other-user euid-is-not-mine", {}, {}, "test -u $TREE/other-user"},
  // limits: 64 MiB of memory, 48 processes, 32 MiB of disk
  {"EatMemory", "$H eat 200", {}, {}, "test $(id -u) = 0"},
  {"FillTheDisk", "head -c 67108864 /dev/zero >/tmp/$LEFT"},
  {"FillTheTree", "head -c 67108864 /dev/zero >$TREE/filled"},
  {"SpawnMany", "$H spawn-many 100"},
};

} // namespace sluice::tests
