#include "cli/build/build_place.h"

#include "model/error.h"
#include "model/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

// Also of what is not there yet. A link that leads nowhere stays what it is: nothing can be written through it.
fs::path real_place(const fs::path& path)
{
  std::error_code failed;
  const fs::path real = fs::weakly_canonical(path, failed);
  return failed ? path.lexically_normal() : real.has_filename() ? real : real.parent_path();
}

// What may be written on purpose.
std::vector<std::string> opened(const Project& project)
{
  std::vector<std::string> places;
  if (!project.config.build) return places;
  for (const std::string& name : project.config.build->writable) places.push_back(place_of(project, name));
  return places;
}

// What is not to be written and is no part of the way to the root, which lies in the state of another project where
// the tree is a second one.
std::vector<fs::path> guarded(const Project& project, const fs::path& root)
{
  std::vector<fs::path> places;
  for (const auto& all :
       {places_of_state(project), project.repository.git_folders(), project.repository.borrowed_git_folders()})
    for (const std::string& place : all)
      if (const fs::path real = real_place(place); !lies_in(root.native(), real.native())) places.push_back(real);
  places.push_back(real_place(project.root + "/.git"));
  return places;
}

// Of a place that the configuration says lies in the tree: why it does not, because of a link.
std::string why_moved(const Project& project, const fs::path& path)
{
  const fs::path root = real_place(project.root);
  const fs::path named = path.lexically_normal(), real = real_place(path);
  const auto places = guarded(project, root);
  if (!lies_in(named.native(), project.root) || real == named) return {};
  if (!lies_in(real.native(), root.native())) return fmt::format("is a link out of the tree, to {}", real.string());
  const auto hit = std::find_if(places.begin(), places.end(),
                                [&](const fs::path& place) { return lies_in(real.native(), place.native()); });
  return hit == places.end() ? std::string() : fmt::format("is a link into {}", hit->string());
}

std::string why_harmful(const Project& project)
{
  const fs::path root = real_place(project.root), real = real_place(project.build_directory);
  if (real == root) return {};
  if (lies_in(root.native(), real.native())) return "holds the whole tree";
  for (const fs::path& place : guarded(project, root)) {
    if (lies_in(real.native(), place.native())) return fmt::format("lies in {}", place.string());
    if (lies_in(place.native(), real.native())) return fmt::format("holds {}", place.string());
  }
  const auto places = opened(project);
  if (std::any_of(places.begin(), places.end(),
                  [&](const std::string& place) { return lies_in(real.native(), real_place(place).native()); }))
    return {};
  return why_moved(project, project.build_directory);
}

} // namespace

std::vector<std::string> places_of_state(const Project& project)
{
  std::vector<std::string> places{project.state};
  const fs::path root = project.root;
  for (fs::path at = root; at.has_relative_path(); at = at.parent_path())
    if (at.filename() == ".sluice") places.push_back(at.string());
  return places;
}

void require_harmless_places(const Project& project)
{
  if (!project.build_directory.empty())
    if (const std::string why = why_harmful(project); !why.empty())
      throw Error(ErrorKind::configuration, fmt::format("the build folder {} {}", project.build_directory, why),
                  "name one that builds may write: [build] directory = \"build\", or an absolute path");
  std::vector<std::string> writable = project.config.sandbox.writable;
  if (project.config.build)
    writable.insert(writable.end(), project.config.build->writable.begin(), project.config.build->writable.end());
  for (const std::string& name : writable)
    if (const std::string why = why_moved(project, place_of(project, name)); !why.empty())
      throw Error(ErrorKind::configuration, fmt::format("writable = \"{}\" {}", name, why),
                  "remove the link, or name the place where it leads");
}

} // namespace sluice::cli
