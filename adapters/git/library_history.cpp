#include "adapters/git/library_history.h"

#include "adapters/git/commit_object.h"

#include <git2.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLUICE_CHECKS_LEAKS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SLUICE_CHECKS_LEAKS
#endif
#ifdef SLUICE_CHECKS_LEAKS
// libgit2 1.5.1 forgets PCRE2's match data, once for each repository that has extensions in its configuration.
extern "C" const char* __lsan_default_suppressions()
{
  return "leak:libpcre2-8\n";
}
#endif

// libgit2 with mbedTLS reads every certificate of the system when it is initialised, which takes longer than all else
// that it is asked here (3 ms). It is never asked to connect: git fetches. With this in place of mbedTLS's function it
// has no certificate and could trust nobody.
extern "C" int mbedtls_x509_crt_parse_file(void*, const char*)
{
  return 0;
}

namespace sluice::git {

namespace {

template <typename T, void (*free_it)(T*)> struct Free {
  void operator()(T* pointer) const { free_it(pointer); }
};
template <typename T, void (*free_it)(T*)> using Handle = std::unique_ptr<T, Free<T, free_it>>;

using RepositoryHandle = Handle<git_repository, git_repository_free>;
using ObjectHandle = Handle<git_object, git_object_free>;
using EntryHandle = Handle<git_tree_entry, git_tree_entry_free>;
using WalkHandle = Handle<git_revwalk, git_revwalk_free>;
using DatabaseHandle = Handle<git_odb, git_odb_free>;
using RawHandle = Handle<git_odb_object, git_odb_object_free>;

// libgit2 counts its own initialisations.
class Library {
public:
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

std::string hex(const git_oid& id)
{
  std::string text(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(text.data(), &id);
  return text;
}

std::string without_slash(const char* path)
{
  std::string text = path ? path : "";
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::optional<git_oid> to_id(const std::string& text)
{
  git_oid id;
  if (text.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, text.c_str()) != 0) return std::nullopt;
  return id;
}

// One by one: libgit2's own look-up takes the tree for sorted, and whoever has made it may not have sorted it.
bool has_entry(const git_tree* tree, std::string_view name)
{
  for (std::size_t i = 0; i < git_tree_entrycount(tree); ++i)
    if (git_tree_entry_name(git_tree_entry_byindex(tree, i)) == name) return true;
  return false;
}

} // namespace

struct LibraryHistory::Impl {
  Library library;
  RepositoryHandle repository;
  DatabaseHandle database;

  std::optional<CommitObject> object(const git_oid& id) const
  {
    git_odb_object* found = nullptr;
    if (git_odb_read(&found, database.get(), &id) != 0) return std::nullopt;
    const RawHandle raw(found);
    if (git_odb_object_type(raw.get()) != GIT_OBJECT_COMMIT) return std::nullopt;
    return parse_commit(hex(id),
                        {static_cast<const char*>(git_odb_object_data(raw.get())), git_odb_object_size(raw.get())});
  }
};

LibraryHistory::LibraryHistory(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LibraryHistory::~LibraryHistory() = default;

std::unique_ptr<LibraryHistory> LibraryHistory::open(const std::string& path)
{
  auto impl = std::make_unique<Impl>();
  git_repository* found = nullptr;
  const int result = git_repository_open_ext(&found, path.c_str(), 0, std::getenv("GIT_CEILING_DIRECTORIES"));
  impl->repository.reset(found);
  git_odb* database = nullptr;
  if (result == 0 && git_repository_odb(&database, found) == 0) {
    impl->database.reset(database);
    return std::unique_ptr<LibraryHistory>(new LibraryHistory(std::move(impl)));
  }
  return nullptr;
}

Location LibraryHistory::location() const
{
  Location location;
  git_repository* repository = impl_->repository.get();
  location.git_dir = without_slash(git_repository_path(repository));
  location.common_dir = without_slash(git_repository_commondir(repository));
  location.root = without_slash(git_repository_workdir(repository));
  return location;
}

std::optional<std::string> LibraryHistory::commit_id(const std::string& revision) const
{
  git_object* found = nullptr;
  if (git_revparse_single(&found, impl_->repository.get(), revision.c_str()) != 0) return std::nullopt;
  const ObjectHandle object(found);
  git_object* peeled = nullptr;
  if (git_object_peel(&peeled, object.get(), GIT_OBJECT_COMMIT) != 0) return std::nullopt;
  const ObjectHandle commit(peeled);
  return hex(*git_object_id(commit.get()));
}

bool LibraryHistory::has_reference(const std::string& full_name) const
{
  git_reference* found = nullptr;
  const bool is_there = git_reference_lookup(&found, impl_->repository.get(), full_name.c_str()) == 0;
  git_reference_free(found);
  return is_there;
}

std::optional<std::vector<std::string>> LibraryHistory::merge_bases(const std::string& one,
                                                                    const std::string& other) const
{
  const auto a = to_id(one);
  const auto b = to_id(other);
  if (!a || !b) return std::nullopt;
  git_oidarray found{};
  const int result = git_merge_bases(&found, impl_->repository.get(), &*a, &*b);
  if (result == GIT_ENOTFOUND) return std::vector<std::string>{};
  if (result != 0) return std::nullopt;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < found.count; ++i) ids.push_back(hex(found.ids[i]));
  git_oidarray_dispose(&found);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::optional<std::vector<Commit>> LibraryHistory::commits(const std::string& from, const std::string& except) const
{
  const auto start = to_id(from);
  git_revwalk* found = nullptr;
  if (!start || git_revwalk_new(&found, impl_->repository.get()) != 0) return std::nullopt;
  const WalkHandle walk(found);
  git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  if (git_revwalk_push(walk.get(), &*start) != 0) return std::nullopt;
  if (!except.empty()) {
    const auto end = to_id(except);
    if (!end || git_revwalk_hide(walk.get(), &*end) != 0) return std::nullopt;
  }
  std::vector<Commit> commits;
  git_oid id;
  int result = 0;
  while ((result = git_revwalk_next(&id, walk.get())) == 0) {
    auto object = impl_->object(id);
    if (!object) return std::nullopt;
    commits.push_back(std::move(object->commit));
  }
  if (result != GIT_ITEROVER) return std::nullopt;
  return commits;
}

std::optional<Commit> LibraryHistory::commit(const std::string& id) const
{
  const auto oid = to_id(id);
  if (!oid) return std::nullopt;
  auto object = impl_->object(*oid);
  if (!object) return std::nullopt;
  return std::move(object->commit);
}

std::optional<std::string> LibraryHistory::tree_of(const std::string& commit) const
{
  const auto oid = to_id(commit);
  if (!oid) return std::nullopt;
  auto object = impl_->object(*oid);
  if (!object || object->tree.empty()) return std::nullopt;
  return std::move(object->tree);
}

std::optional<std::optional<std::string>> LibraryHistory::read(const std::string& commit, std::string_view path) const
{
  const auto tree_id = tree_of(commit);
  const auto oid = tree_id ? to_id(*tree_id) : std::nullopt;
  git_object* found = nullptr;
  if (!oid || git_object_lookup(&found, impl_->repository.get(), &*oid, GIT_OBJECT_TREE) != 0) return std::nullopt;
  const ObjectHandle holder(found);
  auto* const tree = reinterpret_cast<git_tree*>(holder.get());
  if (!has_entry(tree, path.substr(0, path.find('/')))) return std::optional<std::string>{};
  git_tree_entry* entry_found = nullptr;
  const int result = git_tree_entry_bypath(&entry_found, tree, std::string(path).c_str());
  // A missing subtree of a partial clone is reported in the same way: git has the last word on absence below the root.
  if (result != 0) return std::nullopt;
  const EntryHandle entry(entry_found);
  if (git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB) return std::optional<std::string>{};
  git_odb_object* blob = nullptr;
  if (git_odb_read(&blob, impl_->database.get(), git_tree_entry_id(entry.get())) != 0) return std::nullopt;
  const RawHandle raw(blob);
  return std::string(static_cast<const char*>(git_odb_object_data(raw.get())), git_odb_object_size(raw.get()));
}

} // namespace sluice::git
