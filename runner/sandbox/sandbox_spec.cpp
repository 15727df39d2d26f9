#include "runner/sandbox/sandbox_spec.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::sandbox {

namespace {

// Below a home folder. Files as well as folders; most hold tokens or keys, some are sockets.
constexpr std::array<std::string_view, 40> k_secrets{".ssh",
                                                     ".aws",
                                                     ".azure",
                                                     ".gnupg",
                                                     ".netrc",
                                                     ".kube",
                                                     ".docker",
                                                     ".config/gh",
                                                     ".config/hub",
                                                     ".config/git",
                                                     ".config/gcloud",
                                                     ".config/op",
                                                     ".git-credentials",
                                                     ".npmrc",
                                                     ".pypirc",
                                                     ".pgpass",
                                                     ".my.cnf",
                                                     ".vault-token",
                                                     ".terraform.d",
                                                     ".cargo/credentials",
                                                     ".cargo/credentials.toml",
                                                     ".m2/settings.xml",
                                                     ".m2/settings-security.xml",
                                                     ".gradle/gradle.properties",
                                                     ".gem/credentials",
                                                     ".password-store",
                                                     ".local/share/keyrings",
                                                     ".mozilla",
                                                     ".config/glab-cli",
                                                     ".config/rclone",
                                                     ".config/containers/auth.json",
                                                     ".config/composer/auth.json",
                                                     ".composer/auth.json",
                                                     ".bundle/config",
                                                     ".cache/huggingface/token",
                                                     ".huggingface",
                                                     ".s3cfg",
                                                     ".boto",
                                                     ".databrickscfg",
                                                     ".bash_history"};

constexpr std::array<std::string_view, 32> k_tools{".cargo/bin",
                                                   ".cargo/registry",
                                                   ".cargo/git",
                                                   ".cargo/env",
                                                   ".rustup",
                                                   "go",
                                                   ".local/bin",
                                                   ".local/lib",
                                                   ".local/pipx",
                                                   ".local/share/mise",
                                                   ".local/share/uv",
                                                   ".pyenv",
                                                   ".rbenv",
                                                   ".nvm",
                                                   ".sdkman",
                                                   ".m2/repository",
                                                   ".gradle/caches",
                                                   ".gradle/wrapper",
                                                   ".conda",
                                                   "miniconda3",
                                                   "anaconda3",
                                                   ".asdf",
                                                   ".linuxbrew",
                                                   ".opam",
                                                   ".ghcup",
                                                   ".stack",
                                                   ".dotnet",
                                                   ".volta",
                                                   ".bun",
                                                   ".deno",
                                                   ".gem",
                                                   ".nix-profile"};

constexpr std::array<std::string_view, 12> k_lists_of_folders{
  "PATH",    "LD_LIBRARY_PATH", "PYTHONPATH",  "NODE_PATH",  "GOPATH",      "GOROOT",
  "GOCACHE", "JAVA_HOME",       "VIRTUAL_ENV", "CARGO_HOME", "RUSTUP_HOME", "PERL5LIB"};

constexpr std::array<std::string_view, 14> k_sockets{
  "/run/docker.sock", "/var/run/docker.sock", "/run/dbus", "/run/containerd", "/run/podman",  "/run/snapd.socket",
  "/run/user",        "/run/secrets",         "/run/crio", "/run/buildkit",   "/run/libvirt", "/var/lib/lxd",
  "/var/lib/incus",   "/run/cri-dockerd.sock"};

// Their value is a socket, or a file of secrets.
constexpr std::array<std::string_view, 6> k_secret_variables{
  "SSH_AUTH_SOCK", "GPG_AGENT_INFO", "DOCKER_HOST", "DBUS_SESSION_BUS_ADDRESS", "GOOGLE_APPLICATION_CREDENTIALS",
  "KUBECONFIG"};

std::string_view value_of(std::string_view variable, std::string_view name)
{
  if (variable.size() > name.size() && variable.substr(0, name.size()) == name && variable[name.size()] == '=')
    return variable.substr(name.size() + 1);
  return {};
}

// "unix:path=/x,guid=1", "unix:///x", "/x:1:2" -> "/x"
std::string path_in(std::string_view value)
{
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos) return {};
  std::string_view path = value.substr(slash);
  path = path.substr(0, path.find_first_of(",:;"));
  while (path.substr(0, 2) == "//") path.remove_prefix(1);
  return path.size() > 1 ? std::string(path) : std::string();
}

bool is_below(std::string_view path, std::string_view folder)
{
  return path.size() > folder.size() && path.substr(0, folder.size()) == folder && path[folder.size()] == '/';
}

} // namespace

std::vector<std::string> places_of_secrets(const std::string& home, const std::vector<std::string>& environment)
{
  std::vector<std::string> places(k_sockets.begin(), k_sockets.end());
  if (!home.empty())
    for (const std::string_view name : k_secrets) places.push_back(home + "/" + std::string(name));
  for (const std::string& variable : environment)
    for (const std::string_view name : k_secret_variables)
      if (std::string path = path_in(value_of(variable, name)); !path.empty()) places.push_back(std::move(path));
  return places;
}

std::vector<std::string> places_of_tools(const std::string& home, const std::vector<std::string>& environment)
{
  std::vector<std::string> places{"/run/current-system", "/run/opengl-driver"};
  if (home.empty()) return places;
  for (const std::string_view name : k_tools) places.push_back(home + "/" + std::string(name));
  for (const std::string& variable : environment)
    for (const std::string_view name : k_lists_of_folders) {
      std::string_view rest = value_of(variable, name);
      while (!rest.empty()) {
        const std::size_t colon = rest.find(':');
        const std::string_view folder = rest.substr(0, colon);
        if (is_below(folder, home)) places.emplace_back(folder);
        rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
      }
    }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

} // namespace sluice::sandbox
