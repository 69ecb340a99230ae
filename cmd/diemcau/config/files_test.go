package config_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"diemcau/cmd/diemcau/config"
)

// A key that names a file is called so; webhook.key names one of keys.
func TestOPS_EveryFileThatTheConfigurationNamesIsListedForBackups(t *testing.T) {
	t.Parallel()
	var c config.Config
	var set []string
	var walk func(v reflect.Value, name string)
	walk = func(v reflect.Value, name string) {
		for i := range v.NumField() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			path := name + "." + key
			switch f := v.Field(i); {
			case f.Kind() == reflect.Struct && f.NumField() > 0 && f.Type().PkgPath() == v.Type().PkgPath():
				walk(f, path)
			case f.Kind() == reflect.String && slices.Contains([]string{"authority", "certificate", "identity", "key"}, key) && path != ".webhook.key":
				f.SetString(path)
				set = append(set, path)
			}
		}
	}
	walk(reflect.ValueOf(&c).Elem(), "")
	c.Database = "postgres://bridge@csdl.lamgiang.example/diemcau?sslmode=verify-full&sslrootcert=/root.pem&sslcert=/cert.pem&sslkey=/key.pem"
	set = append(set, "/root.pem", "/cert.pem", "/key.pem")
	slices.Sort(set)
	if listed := slices.Sorted(maps.Values(c.Files())); !slices.Equal(listed, set) || len(set) < 7 {
		t.Errorf("listed %v\nof     %v", listed, set)
	}
}
