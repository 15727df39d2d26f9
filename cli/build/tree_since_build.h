// What changed in the tree since the build folder was last brought up to date, and which of it a build tool overlooks.
// A build tool looks at the files in its graph. The configure step reads others (file(READ), file(GLOB),
// execute_process), and a compiler would find a header that was not there before. No build step is observed, so a
// changed file that no fact knows has the project configured again, and what could see another file by name is made
// again. It builds nothing itself.
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
  // Looks at every file of `tree`. All references are only used here.
  TreeSinceBuild(const Project& project, const TreeFiles& tree, const cache::Store& store, cache::FileDigests& digests);

  // False if nobody remembers when the folder was last brought up to date: then nothing is said to have changed.
  bool is_known() const { return known_; }

  // The change of files that sluice.toml does not dismiss and no build step makes. In order of their paths. A link that
  // leads elsewhere counts as added: it is another file.
  const std::vector<ChangedPath>& changes() const { return changes_; }

  // True if the changed path is a link to a folder, or was one.
  bool is_folder_link(const std::string& changed) const { return folder_links_.contains(changed); }

  // To be called before anything is done to the folder: whoever is killed or fails half way leaves one of which nobody
  // knows what it was made from. All that changed then counts as changed until remember().
  void begin(const Project& project, cache::Store& store) const;

  // Files that are in `now` not what they were when this was last asked, or made. In order of their paths.
  std::vector<std::string> altered(const Project& project, const TreeFiles& now, cache::FileDigests& digests);

  // To be called when the folder has been brought up to date with what the constructor saw.
  void remember(const Project& project, cache::Store& store) const;

  // To be called last, with files that were altered meanwhile: of those that the configure step reads nobody knows how
  // it saw them, and the next to look finds them among what was begun.
  void doubt(const Project& project, cache::Store& store, const Picture& picture,
             const std::vector<std::string>& altered) const;

private:
  void compare(const Project& project, const std::string& remembered);
  void add_begun(const std::map<std::string, std::string>& files);

  std::string list_; // of all files with mode and digest, as it is remembered
  std::string last_; // the same of what altered() saw; empty until it is asked
  std::string digest_;
  std::vector<ChangedPath> changes_;
  std::vector<ChangedPath> begun_; // by whoever began and did not come to the end
  std::string begun_text_;         // the same as it is remembered
  std::set<std::string> folder_links_;
  bool known_ = false;
  bool same_ = false;
};

// Changes that the configure step may see: every file that is new or gone, files that no build step knows, and what the
// configure step reads. Sorted.
std::vector<std::string> seen_by_configuring(const TreeSinceBuild& since, const Picture& picture);

// Removes what was compiled from files that a change may have put another file in front of, or that name a changed file
// in __has_include, #embed or .incbin, or any file in an assembler's .include; what is linked, where an object or a
// library changed; everything, where a file changed that [build] names among its `inputs`, or a link to a folder:
// nobody knows what was found through it, or would be. And what is made by a step whose command names a changed file
// that no step declares (cli/build/named_inputs.h).
void remove_outdated_by_name(const Project& project, const TreeSinceBuild& since, const Picture& picture);

} // namespace sluice::cli
