// What changed in the tree since the build folder was last brought up to date, and which changes a build tool
// overlooks. A build tool looks at the files in its graph. The configure step reads others (file(READ), file(GLOB),
// execute_process), and a compiler may find a header that was not there before. No build step is observed. So a changed
// file that no fact knows makes the project be configured again, and outputs that may now find another file by name are
// made again. It builds nothing itself.
#pragma once

#include "cache/file_digests.h"
#include "cache/store.h"
#include "cli/selection/picture.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sluice::cli {

class TreeSinceBuild {
public:
  // Looks at every file of `tree`. Keeps none of the references.
  TreeSinceBuild(const Project& project, const TreeFiles& tree, const cache::Store& store, cache::FileDigests& digests);

  // False if no earlier update of the folder is remembered: then changes() is empty.
  bool is_known() const { return known_; }

  // Changes of files that sluice.toml does not dismiss and no build step makes. Sorted by path. A link that leads
  // elsewhere than before counts as added: it is another file.
  const std::vector<ChangedPath>& changes() const { return changes_; }

  // True if the changed path is a link to a folder, or was one.
  bool is_folder_link(const std::string& changed) const { return folder_links_.contains(changed); }

  // Call before the folder is touched. If the update is killed or fails half way, it is unknown what the folder was
  // made from: all of changes() then counts as changed until remember().
  void begin(const Project& project, cache::Store& store) const;

  // Files that changed since the last call (since construction, the first time). Sorted by path.
  std::vector<std::string> altered(const Project& project, const TreeFiles& now, cache::FileDigests& digests);

  // Call when the folder has been brought up to date with what the constructor saw.
  void remember(const Project& project, cache::Store& store) const;

  // Call last, with the files that were altered meanwhile. It is unknown which version of them the configure step read,
  // so those that it reads are noted as begun: the next object finds them changed.
  void doubt(const Project& project, cache::Store& store, const Picture& picture,
             const std::vector<std::string>& altered) const;

private:
  void compare(const Project& project, const std::string& remembered);
  void add_begun(const std::map<std::string, std::string>& files);

  std::string list_; // all files with mode and digest, in the form that is stored
  std::string last_; // same for what altered() saw last; empty before its first call
  std::string digest_;
  std::vector<ChangedPath> changes_;
  std::vector<ChangedPath> begun_; // changes with which an earlier, unfinished update had started
  std::string begun_text_;         // begun_ in the form that is stored
  std::set<std::string> folder_links_;
  bool known_ = false;
  bool same_ = false;
};

// Changed paths that the configure step may see: files that are new or gone, files that no build step knows, and files
// that the configure step reads. Sorted.
std::vector<std::string> seen_by_configuring(const TreeSinceBuild& since, const Picture& picture);

// Removes outputs that the build tool would wrongly keep:
// 1. objects whose sources include a header that a new file may now shadow;
// 2. objects whose sources name a changed file in __has_include, #embed or .incbin, or any file in an assembler's
//    .include;
// 3. linked outputs, when an object or library changed;
// 4. outputs of a step whose command names a changed file that no step declares (cli/build/named_inputs.h);
// 5. everything, when a file of [build] `inputs` or a link to a folder changed: what is found through it is unknown.
void remove_outdated_by_name(const Project& project, const TreeSinceBuild& since, const Picture& picture);

} // namespace sluice::cli
