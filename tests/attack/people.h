// A project whose rules ask for people, who have keys and sign.
#pragma once

#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace sluice::tests {

// Two people have keys: Grace, who may approve, and Ada, who writes the changes.
class People : public testing::Test {
protected:
  void SetUp() override
  {
    std::string signers;
    for (const char* who : {"grace", "ada", "mallory"}) {
      ASSERT_EQ(shell("ssh-keygen -q -t ed25519 -N '' -C '' -f " + shell_quoted(key(who))).first, 0);
      std::ifstream in(key(who) + ".pub");
      const std::string line{std::istreambuf_iterator<char>(in), {}};
      if (std::string(who) != "mallory") signers += std::string(who) + "@example.org " + line;
    }
    project_.write("sluice.signers", signers);
    project_.write("sluice.policy.toml",
                   "[[group]]\nname = \"owners\"\nmembers = [\"grace@example.org\", \"ada@example.org\"]\n"
                   "[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                   "[[rule]]\nname = \"two people\"\nrequire = { approvals = 1, groups = [\"owners\"] }\n"
                   "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
    project_.commit("A policy");
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
    project_.write("new.txt", "x");
    project_.commit("A change");
    std::filesystem::create_directories(records_);
  }
  std::string key(const std::string& who) const { return project_.sibling("key-" + who); }
  std::string signer(const std::string& name, const std::string& who) const
  {
    std::ifstream in(key(who) + ".pub");
    return name + "@example.org " + std::string(std::istreambuf_iterator<char>(in), {});
  }
  SluiceResult sign(const std::string& what, const std::string& who, std::vector<std::string> more = {},
                    const std::string& as = {})
  {
    std::vector<std::string> words{what,
                                   "--base",
                                   "main",
                                   "--head",
                                   "HEAD",
                                   "--key",
                                   key(who),
                                   "--as",
                                   (as.empty() ? who : as) + "@example.org",
                                   "--out",
                                   records_ + "/" + what + "-" + who + ".json"};
    words.insert(words.end(), more.begin(), more.end());
    return project_.sluice().command(words);
  }
  // Whoever forges a record does not ask `sluice`: takes one that was signed, says otherwise in `field` and signs that.
  void forge(const std::string& what, const std::string& whose, const std::string& field, const std::string& value,
             const std::string& who)
  {
    const std::string file = records_ + "/" + what + "-" + whose + ".json";
    const std::string script = project_.sibling("forge.py");
    std::ofstream(script) << R"py(import base64, json, subprocess, sys
file, what, field, value, key = sys.argv[1:]
record = json.loads(base64.b64decode(json.load(open(file))["record"]))
record[field] = value
text = json.dumps(record).encode()
signature = subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "sluice-" + what], input=text,
                           capture_output=True, check=True).stdout.decode()
json.dump({"record": base64.b64encode(text).decode(), "signature": signature}, open(file, "w"))
)py";
    const std::string kind = what == "approve" ? "approval" : what;
    const auto [code, words] = shell("python3 " + shell_quoted(script) + " " + shell_quoted(file) + " " + kind + " " +
                                     field + " " + shell_quoted(value) + " " + shell_quoted(key(who)) + " 2>&1");
    ASSERT_EQ(code, 0) << words;
  }
  // The record cannot count, and who signs it is told so; nothing is written.
  void expect_unsigned(const SluiceResult& signing, const std::string& words)
  {
    EXPECT_EQ(signing.code, 2) << signing.out << signing.err;
    EXPECT_THAT(signing.err, testing::HasSubstr("nothing was written, since it would not count: " + words));
    EXPECT_TRUE(std::filesystem::is_empty(records_));
  }
  SluiceResult judge(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD", "--records", records_});
    return project_.run(std::move(more));
  }
  void expect_refused(const std::string& words)
  {
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out + run.err, testing::HasSubstr(words));
  }
  ShellProject project_;
  std::string records_ = project_.sibling("records");
};

} // namespace sluice::tests
