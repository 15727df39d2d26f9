#include "adapters/signing/ssh_signature.h"

#include "adapters/process/command.h"
#include "model/error.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace sluice::signing {

namespace {

// ssh-keygen reads signers and signatures from files only.
class Scratch {
public:
  Scratch()
  {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-ssh-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw Error(ErrorKind::world, "cannot make a folder in " + name);
    folder_ = std::move(name);
  }
  ~Scratch()
  {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string file(const char* name, const std::string& text) const
  {
    const std::string path = folder_ + "/" + name;
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    // Of half a file ssh-keygen would say that the signature is bad, and a person would be blamed.
    if (!out) throw Error(ErrorKind::world, "cannot write " + path, "check that the disk is not full");
    return path;
  }

private:
  std::string folder_;
};

process::CommandResult ssh_keygen(std::vector<std::string> arguments, const std::string& input)
{
  process::CommandLine command;
  command.arguments = std::move(arguments);
  command.arguments.insert(command.arguments.begin(), "ssh-keygen");
  command.input = input;
  command.own = true;
  command.environment = {"LC_ALL=C"};
  return process::run_command(command);
}

} // namespace

std::string ssh_sign(const std::string& key_file, const std::string& name_space, const std::string& text)
{
  const auto result = ssh_keygen({"-Y", "sign", "-q", "-f", key_file, "-n", name_space}, text);
  if (result.exit_code != 0 || result.output.empty())
    throw Error(ErrorKind::world, "ssh-keygen cannot sign: " + result.errors.substr(0, result.errors.find('\n')),
                "name a private key, or the public key of one that the agent holds");
  return result.output;
}

bool ssh_verify(const std::string& allowed_signers, const std::string& principal, const std::string& name_space,
                const std::string& text, const std::string& signature)
{
  // Of an argument nothing behind a NUL would be seen.
  if (principal.empty() || principal.find('\0') != std::string::npos) return false;
  const Scratch scratch;
  const std::string signers = scratch.file("signers", allowed_signers);
  const std::string file = scratch.file("signature", signature);
  return ssh_keygen({"-Y", "verify", "-q", "-f", signers, "-I", principal, "-n", name_space, "-s", file}, text)
           .exit_code == 0;
}

} // namespace sluice::signing
