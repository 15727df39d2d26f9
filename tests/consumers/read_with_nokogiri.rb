# read_with_nokogiri.rb FOLDER...: what Nokogiri, with which GitLab reads, makes of the JUnit reports.
require "json"
require "nokogiri"

def status(testcase)
  names = testcase.element_children.map(&:name)
  return "failed" if names.include?("failure") || names.include?("error")
  names.include?("skipped") ? "skipped" : "passed"
end

disagreements = 0
ARGV.each do |folder|
  expected = JSON.parse(File.read("#{folder}/expected.json"))
  %w[junit.xml junit-strict.xml].each do |name|
    document = Nokogiri::XML(File.read("#{folder}/#{name}")) { |config| config.strict.nonet }
    seen = document.xpath("/testsuites/testsuite/testcase").map { |testcase| status(testcase) }
    next if seen == expected
    disagreements += 1
    puts "#{folder}/#{name}: nokogiri sees #{seen}"
  end
end
puts "nokogiri: #{ARGV.size} folders, #{disagreements} disagreements"
exit(disagreements.zero? ? 0 : 1)
