package config

import "testing"

func TestTheSecretOfTheEnvironmentComesBeforeTheFiles(t *testing.T) {
	o := OpenID{Secret: "of the file"}
	if got := o.ClientSecret(); got != "of the file" {
		t.Errorf("without a variable: %q", string(got))
	}
	t.Setenv(openIDSecret, "of the environment")
	if got := o.ClientSecret(); got != "of the environment" {
		t.Errorf("with one: %q", string(got))
	}
}
