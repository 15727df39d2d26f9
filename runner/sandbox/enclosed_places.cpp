#include "runner/sandbox/enclosed_places.h"

#include "model/path.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sluice::sandbox {

namespace {

namespace fs = std::filesystem;

void add_place(std::vector<EnclosedPlace>& places, const std::string& path, PlaceKind kind)
{
  std::error_code failed;
  const fs::path real = fs::canonical(path, failed);
  if (failed || real == "/") return;
  places.push_back({real.string(), kind, fs::is_directory(real, failed), {}, {}});
}

// Whether the way to `path` goes by a link that lies in one of these folders.
bool is_led_astray(const fs::path& path, const std::vector<fs::path>& folders)
{
  std::error_code failed;
  fs::path at = "/";
  for (const fs::path& part : path.lexically_normal().relative_path()) {
    const fs::path next = at / part;
    const bool link = fs::is_symlink(next, failed);
    const auto holds_it = [&](const fs::path& folder) { return lies_in(at.native(), folder.native()); };
    if (link && std::any_of(folders.begin(), folders.end(), holds_it)) return true;
    at = link ? fs::canonical(next, failed) : next;
  }
  return false;
}

// Paths of the sockets that somebody on this machine answers at; the kernel's list has the path last in each line.
std::vector<std::string> bound_sockets()
{
  std::vector<std::string> paths;
  std::ifstream list("/proc/self/net/unix");
  for (std::string line; std::getline(list, line);)
    if (const std::size_t at = line.find(" /"); at != std::string::npos) paths.push_back(line.substr(at + 1));
  return paths;
}

// Daemons and agents of the user that listen where builds write; one that is named as a place to write is meant.
void hide_sockets(std::vector<EnclosedPlace>& places)
{
  const std::vector<EnclosedPlace>::difference_type named = std::ssize(places);
  for (const std::string& path : bound_sockets()) {
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    if (failed || !fs::is_socket(real, failed)) continue;
    const auto holds_it = [&](const EnclosedPlace& place) { return lies_in(real.native(), place.path); };
    const auto is_it = [&](const EnclosedPlace& place) { return real == place.path; };
    const auto begin = places.begin(), end = begin + named;
    if (std::any_of(begin, end, holds_it) && std::none_of(places.begin(), places.end(), is_it))
      places.push_back({real.string(), PlaceKind::hidden, false, {}, {}});
  }
}

} // namespace

std::vector<EnclosedPlace> places_on_disk(const NamedPlaces& named)
{
  std::error_code failed;
  std::vector<fs::path> written;
  for (const std::string& path : named.writable)
    if (const fs::path real = fs::canonical(path, failed); !failed && real != "/") written.push_back(real);
  for (const auto& [path, other] : named.replaced)
    if (const fs::path real = fs::canonical(path, failed); !failed && real != "/") written.push_back(real);

  std::vector<EnclosedPlace> places;
  for (const auto& [path, other] : named.replaced) {
    const std::string source = fs::canonical(other, failed).string();
    const std::size_t before = places.size();
    if (!failed && !is_led_astray(path, written)) add_place(places, path, PlaceKind::writable);
    if (places.size() > before) places.back().source = source;
  }
  for (const std::string& path : named.writable)
    if (!is_led_astray(path, written)) add_place(places, path, PlaceKind::writable);
  for (const std::string& path : named.dropped) add_place(places, path, PlaceKind::dropped);
  hide_sockets(places);
  for (const std::string& path : named.read_only) add_place(places, path, PlaceKind::read_only);
  for (const auto& [path, other] : named.masked) {
    const std::size_t before = places.size();
    add_place(places, path, PlaceKind::read_only);
    // A copy that is gone must not show what it was to cover.
    if (places.size() > before) places.back().source = other;
  }
  for (const std::string& path : named.hidden) add_place(places, path, PlaceKind::hidden);
  // Of one place that is named twice the stricter kind holds: it comes last and so lies on top.
  std::stable_sort(places.begin(), places.end(), [](const EnclosedPlace& one, const EnclosedPlace& other) {
    return one.path != other.path ? one.path < other.path : one.kind < other.kind;
  });
  return places;
}

} // namespace sluice::sandbox
