import{g as o}from"./chunk-D7T4XN55.js";function d(){return o("h1",{children:"docs"})}export{d as default};
