package pipeline

# What the step has said; a verdict that is missing is none.
deny[msg] {
  input[0].outcome.outputVariables["sluice_verdict"] != "PASSED"
  msg := "the gate has not passed"
}

deny[msg] {
  not input[0].outcome.outputVariables["sluice_verdict"]
  msg := "there is no verdict"
}
