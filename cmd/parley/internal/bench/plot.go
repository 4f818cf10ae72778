package bench

func Plot(r Report, dir string) ([]string, error) { return nil, nil }
